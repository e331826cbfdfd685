import type { SimTypes } from '../../contract/device-kinds.ts'

// Apple's model numbers decide which SIM types an iPhone takes. The market of each number is compared with the list of
// KHwang9883/MobileModels (brands/apple_all_en.md, 2026); the SIM types of a market are from "About Dual SIM"
// (support.apple.com/en-us/109317) and, for the iPhone 17, apple.com/newsroom, 2025-09-09. Numbers of China Mobile's own
// variants (A2099, A2103, A2107) are left out, because neither states their SIM types.

/** Sold in the United States since the iPhone 14, in eleven more markets since the 17, and the iPhone Air: eSIM only. */
const ESIM_ONLY =
  'A2649 A2632 A2650 A2651 A2846 A2847 A2848 A2849 A3081 A3082 A3083 A3084 A3212 A3258 A3519 A3256 A3522 A3257 A3525 ' +
  'A3260 A3516 A3517 A3518'

/** Sold in mainland China, most of them also in Hong Kong and Macao: physical SIMs only. */
const PSIM_ONLY =
  'A2100 A2108 A2104 A2298 A2400 A2629 A2785 A2223 A2217 A2220 A2404 A2408 A2412 A2634 A2639 A2644 A2884 A2888 A2892 A2896 A3092 A3096 A3104 A3108 ' +
  'A3288 A3291 A3294 A3297 A3410 A3521 A3524 A3527'

/** Sold elsewhere: an eSIM and a nano-SIM. */
const BOTH =
  'A1984 A2105 A2106 A1920 A2097 A2098 A1921 A2101 A2102 A2111 A2221 A2160 A2215 A2161 A2218 A2275 A2296 A2595 A2782 A2783 A2784 ' +
  'A2172 A2402 A2403 A2176 A2398 A2399 A2341 A2406 A2407 A2342 A2410 A2411 A2482 A2631 A2633 A2635 A2481 A2626 A2628 ' +
  'A2630 A2483 A2636 A2638 A2640 A2484 A2641 A2643 A2645 A2881 A2882 A2883 A2885 A2886 A2887 A2889 A2890 A2891 A2893 ' +
  'A2894 A2895 A3089 A3090 A3093 A3094 A3101 A3102 A3105 A3106 A3286 A3287 A3289 A3290 A3292 A3293 A3295 A3296 A3408 A3409 ' +
  'A3520 A3523 A3526'

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
