import type { Sim } from '@handset/sdk'

export const SIM_TYPES = ['eSIM', 'pSIM'] as const satisfies readonly Sim['type'][]

/** The types of SIM as people call them. */
export const SIM_TYPE_NAMES: Record<Sim['type'], string> = { eSIM: 'eSIM', pSIM: 'SIM card' }
