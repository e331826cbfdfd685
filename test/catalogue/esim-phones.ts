/**
 * Phones of which at least one variant takes an eSIM, as the lists of sellers of travel eSIMs and the makers' specifications
 * name them in 2025: facts compiled for this test. `|` separates names.
 */
export const ESIM_PHONES: readonly (readonly [brand: string, names: string])[] = [
  [
    'Apple',
    'iPhone XR|iPhone XS|iPhone XS Max|iPhone 11|iPhone 11 Pro|iPhone 11 Pro Max|iPhone SE (2nd generation)|iPhone SE 2020',
  ],
  [
    'Apple',
    'iPhone SE (3rd generation)|iPhone SE 2022|iPhone SE|iPhone 12|iPhone 12 mini|iPhone 12 Pro|iPhone 12 Pro Max',
  ],
  [
    'Apple',
    'iPhone 13|iPhone 13 mini|iPhone 13 Pro|iPhone 13 Pro Max|iPhone 14|iPhone 14 Plus|iPhone 14 Pro|iPhone 14 Pro Max',
  ],
  [
    'Apple',
    'iPhone 15|iPhone 15 Plus|iPhone 15 Pro|iPhone 15 Pro Max|iPhone 16|iPhone 16 Plus|iPhone 16 Pro|iPhone 16 Pro Max',
  ],
  ['Apple', 'iPhone 16e|iPhone 17|iPhone 17 Pro|iPhone 17 Pro Max|iPhone Air'],
  [
    'Samsung',
    'Galaxy S20|Galaxy S20+|Galaxy S20+ 5G|Galaxy S20 Ultra|Galaxy S20 Ultra 5G|Galaxy S21|Galaxy S21+ 5G|Galaxy S21 Ultra 5G',
  ],
  [
    'Samsung',
    'Galaxy S22|Galaxy S22+|Galaxy S22 Ultra|Galaxy S23|Galaxy S23+|Galaxy S23 Ultra|Galaxy S23 FE|Galaxy S24|Galaxy S24+',
  ],
  ['Samsung', 'Galaxy S24 Ultra|Galaxy S24 FE|Galaxy S25|Galaxy S25+|Galaxy S25 Ultra|Galaxy S25 Edge|Galaxy S25 FE'],
  [
    'Samsung',
    'Galaxy Note20|Galaxy Note20 5G|Galaxy Note20 Ultra 5G|Galaxy Fold|Galaxy Z Fold2 5G|Galaxy Z Fold3 5G|Galaxy Z Fold4',
  ],
  [
    'Samsung',
    'Galaxy Z Fold5|Galaxy Z Fold6|Galaxy Z Fold7|Galaxy Z Flip|Galaxy Z Flip 5G|Galaxy Z Flip3 5G|Galaxy Z Flip4|Galaxy Z Flip5',
  ],
  [
    'Samsung',
    'Galaxy Z Flip6|Galaxy Z Flip7|Galaxy Z Flip7 FE|Galaxy A54 5G|Galaxy A55 5G|Galaxy A56 5G|Galaxy A35 5G|Galaxy A36 5G',
  ],
  ['Samsung', 'Galaxy A23 5G|Galaxy XCover7|Galaxy XCover7 Pro|Galaxy Xcover 6 Pro|Galaxy A26 5G'],
  [
    'Google',
    'Pixel 2|Pixel 2 XL|Pixel 3|Pixel 3 XL|Pixel 3a|Pixel 3a XL|Pixel 4|Pixel 4 XL|Pixel 4a|Pixel 4a (5G)|Pixel 5|Pixel 5a',
  ],
  [
    'Google',
    'Pixel 6|Pixel 6 Pro|Pixel 6a|Pixel 7|Pixel 7 Pro|Pixel 7a|Pixel Fold|Pixel 8|Pixel 8 Pro|Pixel 8a|Pixel 9|Pixel 9 Pro',
  ],
  ['Google', 'Pixel 9 Pro XL|Pixel 9 Pro Fold|Pixel 9a|Pixel 10|Pixel 10 Pro|Pixel 10 Pro XL|Pixel 10 Pro Fold'],
  ['Huawei', 'P40|P40 Pro|Mate 40 Pro|Pura 70 Pro'],
  [
    'Honor',
    '90|90 Lite|Magic4 Pro|Magic5 Pro|Magic5 Lite|Magic6 Pro|Magic6 Lite|Magic7 Pro|Magic7 Lite|Magic V2|Magic V3|Magic Vs|X8|200|200 Pro|400|400 Pro',
  ],
  [
    'Oppo',
    'Find X3|Find X3 Pro|Find X5|Find X5 Pro|Find X8|Find X8 Pro|Find N2 Flip|Find N3|Find N3 Flip|Find N5|Reno5 A|Reno6 Pro 5G|Reno9 A',
  ],
  ['Oppo', 'A55s 5G|Reno12|Reno12 Pro|Reno13|Reno13 Pro|Reno14'],
  [
    'OnePlus',
    'OnePlus 11|OnePlus 12|OnePlus 12R|OnePlus 13|OnePlus 13R|OnePlus 13T|OnePlus Open|OnePlus Nord 3|OnePlus Nord 4|OnePlus Nord CE4',
  ],
  [
    'Xiaomi',
    '12T Pro|13|13 Lite|13 Pro|13T|13T Pro|14|14 Pro|14 Ultra|14T|14T Pro|15|15 Ultra|15T|15T Pro|Poco X7|Poco F7|Redmi Note 13 Pro',
  ],
  [
    'Xiaomi',
    'Redmi Note 13 Pro+|Redmi Note 14 Pro|Redmi Note 14 Pro+|Redmi Note 11 Pro 5G|Mix Flip|Mix Fold 4|Redmi Note 10T',
  ],
  [
    'Motorola',
    'Razr (2019)|Razr 5G|Razr 40|Razr 40 Ultra|Razr 50|Razr 50 Ultra|Razr 60|Razr+ (2023)|Razr+ (2024)|Edge (2022)|Edge 40|Edge 40 Pro',
  ],
  [
    'Motorola',
    'Edge 40 Neo|Edge 50|Edge 50 Pro|Edge 50 Ultra|Edge 60|Edge+ (2023)|Moto G52J 5G|Moto G53J 5G|Moto G84 5G|Moto G54|Moto G34 5G|Moto G Power 5G',
  ],
  [
    'Motorola',
    'Moto G Power|Moto G Play|Moto G Stylus|Moto G (2024)|Moto G 5G (2024)|ThinkPhone|Moto G|Moto G85 5G|Moto G55|Moto G75',
  ],
  [
    'Sony',
    'Xperia 10 III Lite|Xperia 10 IV|Xperia 10 V|Xperia 10 VI|Xperia 1 IV|Xperia 1 V|Xperia 1 VI|Xperia 5 IV|Xperia 5 V|Xperia Ace III|Xperia 10 VII|Xperia 1 VII',
  ],
  ['Nokia', 'XR21|X30|G60 5G|X30 5G'],
  ['HMD', 'XR21|Skyline|Fusion|Crest Max|Arc'],
  ['Fairphone', 'Fairphone 4|Fairphone 5|Fairphone (Gen. 6)'],
  ['Nothing', 'Phone (3)|Phone (3a) Pro|Phone (2a) Plus'],
  ['Vivo', 'X80 Pro|X90 Pro|X100 Pro|X200|X200 Pro|V29|V29 Lite 5G|V40|V40 Lite|V50|iQOO 13'],
  ['Realme', 'GT 7|14 Pro+|13 Pro+'],
  ['Sharp', 'Aquos Sense4 lite|Aquos Sense7|Aquos Sense8|Aquos R7|Aquos wish'],
  ['Rakuten', 'Mini|Big|Big S|Hand|Hand 5G'],
  ['Asus', 'ZenFone 11 Ultra|ZenFone 12 Ultra|ROG Phone 9'],
  ['TCL', '40 NxtPaper 5G|50 5G|60 XE'],
  ['ZTE', 'Nubia Flip 5G|Blade V60'],
  ['Microsoft', 'Surface Duo|Surface Duo 2'],
  ['Gemini', 'PDA'],
  ['Alcatel', '3X|V3 Ultra'],
]
