import type { SimTypes } from '../../contract/model.ts'

// Apple's model numbers decide which SIM types an iPhone takes. This table rests on general knowledge: it has not been
// compared with Apple's own lists, "Identify your iPhone model" (support.apple.com/en-us/108044) and "About Dual SIM"
// (support.apple.com/en-us/109317), which are the source to check it against.

/** Sold in the United States since the iPhone 14: eSIM only. */
const ESIM_ONLY = 'A2649 A2632 A2650 A2651 A2846 A2847 A2848 A2849 A3081 A3082 A3083 A3084 A3212'

/** Sold in mainland China, Hong Kong and Macao: two physical SIMs. */
const PSIM_ONLY =
  'A2108 A2104 A2223 A2217 A2220 A2404 A2408 A2412 A2634 A2639 A2644 A2884 A2888 A2892 A2895 A3092 A3096 A3104 A3108 ' +
  'A3288 A3291 A3294 A3297 A3410'

/** Sold elsewhere: an eSIM and a nano-SIM. */
const BOTH =
  'A1984 A2105 A2106 A1920 A2097 A2098 A1921 A2101 A2102 A2111 A2221 A2160 A2215 A2161 A2218 A2275 A2296 A2595 A2783 ' +
  'A2172 A2402 A2403 A2176 A2398 A2399 A2341 A2406 A2407 A2342 A2410 A2411 A2482 A2631 A2633 A2635 A2481 A2626 A2628 ' +
  'A2630 A2483 A2636 A2638 A2640 A2484 A2641 A2643 A2645 A2881 A2882 A2883 A2885 A2886 A2887 A2889 A2890 A2891 A2893 ' +
  'A2894 A2896 A3089 A3090 A3093 A3094 A3101 A3102 A3105 A3106 A3286 A3287 A3289 A3290 A3292 A3293 A3295 A3296 A3408 A3409'

const APPLE = new Map<string, SimTypes>()
for (const [codes, simTypes] of [
  [ESIM_ONLY, ['eSIM']],
  [PSIM_ONLY, ['pSIM']],
  [BOTH, ['eSIM', 'pSIM']],
] as [string, SimTypes][]) {
  for (const code of codes.split(' ')) APPLE.set(code, simTypes)
}

export const MODEL_CODE_FACTS = [...APPLE]

/** The SIM types of the variant that a maker's code stands for, or undefined if the code does not decide. */
export function simTypesOfCode(brand: string, code: string): SimTypes | undefined {
  return brand === 'Apple' ? APPLE.get(code.toUpperCase()) : undefined
}
