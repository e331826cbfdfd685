import type { DeviceType } from '../../contract/device-kinds.ts'
import type { Rule } from './rule.ts'

// Modules, modems, trackers, routers, laptops and cars. From the makers' product pages as general knowledge; the series are
// those of quectel.com, simcom.com, telit.com, u-blox.com, sierrawireless.com, teltonika-gps.com and teltonika-networks.com.

/** Makers whose every device is a module, a modem or a tracker. */
const IOT_MAKERS = [
  'Quectel',
  'u-blox',
  'Cinterion',
  'Fibocom',
  'Enfora',
  'MeiG',
  'Neoway',
  'Nordic Semiconductor',
  'Pycom',
]

/** The first rule that matches applies. */
export const MACHINE_RULES: readonly Rule<DeviceType>[] = [
  ...IOT_MAKERS.map(
    (brand): Rule<DeviceType> => ({
      brand,
      name: /^/,
      value: 'iot',
      reason: `${brand} makes modules and modems for other devices`,
    }),
  ),
  {
    brand: 'SIMCom',
    name: /^(?:SIM\d|[AEHY]\d{4}|H330)/i,
    value: 'iot',
    reason: 'SIMCom modules are named SIM, A, E, H or Y with a number',
  },
  {
    brand: 'Telit',
    name: /^(?:GM86[23]-|GM862S|G[CELT]\d{3}|HE\d{3}|U[CELN]\d{3}|L[EMNT]\d{3}|M[EL]\d{2,3}|N[EL]\d{3}|F[ENT]\d{3}|[CD][CEL]\d{3}|xE910|EZ-864)/i,
    value: 'iot',
    reason: 'Telit names its modules with two letters and a number; its GM with three digits alone are phones',
  },
  {
    brand: 'Wavecom',
    name: /^(?:WISMO|WMO|Fastrack|Integra|Q24|M1306)/i,
    value: 'iot',
    reason: 'Wavecom WISMO, Q24, Fastrack, Integra and M1306 are modules and modems',
  },
  {
    brand: 'Sierra Wireless',
    name: /^(?:RV\d{2}|LX\d{2}|MP\d{2}|ES4\d{2}|GX4\d{2}|XR\d{2})/i,
    value: 'router',
    reason: 'Sierra Wireless AirLink RV, LX, MP, ES, GX and XR are routers',
  },
  {
    brand: 'Sierra Wireless',
    name: /^(?:(?:EM|MC|WP|HL|RC|AR|SL|BC)\d{3,4}|AirCard|MiniCard)/i,
    value: 'iot',
    reason: 'Sierra Wireless names its modules with these letters and a number, and its modems AirCard',
  },
  {
    brand: 'Option',
    name: /^(?:NV )?(?:Globe ?Trotter|iCON|GTM|Fusion)/i,
    value: 'iot',
    reason: 'Option GlobeTrotter, iCON and GTM are data cards and modules',
  },
  ...['Novatel', 'Inseego'].flatMap((brand): Rule<DeviceType>[] => [
    { brand, name: /^MiFi\b/i, value: 'router', reason: 'MiFi are mobile hotspots' },
    {
      brand,
      name: /^(?:Merlin|Ovation|Expedite|USB\d)/i,
      value: 'iot',
      reason: 'Merlin, Ovation and Expedite are modems',
    },
  ]),
  {
    brand: 'Huawei',
    name: /^(?:B\d{3,4}|E5\d{3}|CPE\b|H1[12]\d-)(?![0-9])/i,
    value: 'router',
    reason: 'Huawei B and E5 with a number are routers and hotspots',
  },
  { brand: 'Huawei', name: /^E8372/i, value: 'router', reason: 'Huawei E8372 is a stick with a Wi-Fi hotspot' },
  {
    brand: 'Huawei',
    name: /^(?:E(?:1|2|3|8)\d{2,3}|K[345]\d{3}|M[EU]\d{3}|EM\d{3}|MS2\d{3})/i,
    value: 'iot',
    reason: 'Huawei E and K with a number are USB modems, ME, MU, EM and MS modules',
  },
  {
    brand: 'ZTE',
    name: /^(?:MF(?:[69][0-9]|9\d{2}|2[5-9]\d)|MC8\d{2}|MU5\d{3})(?!\d)/i,
    value: 'router',
    reason: 'ZTE MF with two digits, MF9, MF25 to MF29, MC8 and MU5 are routers and hotspots',
  },
  {
    brand: 'ZTE',
    name: /^MF(?:1\d{2}|2[01]\d|6\d{2}|8\d{2})(?!\d)/i,
    value: 'iot',
    reason: 'ZTE MF1, MF20, MF21, MF6 and MF8 with three digits are USB modems and modules',
  },
  {
    brand: 'Netgear',
    name: /^AirCard (?:3\d{2}U|\d{3}S?U)\b/i,
    value: 'iot',
    reason: 'Netgear AirCard with U are USB modems',
  },
  { brand: 'Netgear', name: /^(?:Arlo|VM[CL])/i, value: null, reason: 'Arlo are cameras' },
  { brand: 'Netgear', name: /^/, value: 'router', reason: 'Netgear makes routers and hotspots' },
  { brand: 'Teltonika', name: /^(?:RUT|TCR)/i, value: 'router', reason: 'Teltonika RUT and TCR are routers' },
  {
    brand: 'Teltonika',
    name: /^(?:F[MT][A-Z]?\d|TM\d|TRB\d|T[AFMS]T\d|GH\d|MTB\d|TSM)/i,
    value: 'iot',
    reason: 'Teltonika FM, TM, TRB and TAT are trackers, modules and gateways',
  },
  { brand: 'AVM', name: /^Fritz!? ?Box/i, value: 'router', reason: 'FRITZ!Box are routers' },
  {
    brand: 'TP-Link',
    name: /^(?:M[57]\d{3}|TL-M|Archer|Deco|MR\d{3}|NX\d{3})/i,
    value: 'router',
    reason: 'TP-Link M5, M7, TL-MR, Archer and Deco are routers and hotspots',
  },
  { brand: 'D-Link', name: /^DWR-/i, value: 'router', reason: 'D-Link DWR are routers' },
  { brand: 'D-Link', name: /^DWM-/i, value: 'iot', reason: 'D-Link DWM are modems' },
  { brand: 'Zyxel', name: /^(?:LTE|NR)\d{4}/i, value: 'router', reason: 'Zyxel LTE and NR are routers' },
  { brand: 'Cradlepoint', name: /^/, value: 'router', reason: 'Cradlepoint makes routers' },

  {
    brand: 'Lenovo',
    name: /^ThinkPad (?!Tablet|8\b|10\b|X1 Tablet|Helix)/i,
    value: 'laptop',
    reason: 'ThinkPads are laptops, except Tablet, 8, 10, X1 Tablet and Helix',
  },
  {
    brand: 'Dell',
    name: /^(?:Latitude (?!10\b|ST\b)|Precision |XPS 1[3-7])/i,
    value: 'laptop',
    reason: 'Latitude, Precision and XPS are laptops',
  },
  {
    brand: 'HP',
    name: /^(?:EliteBook|ProBook|ZBook|Dragonfly|Elite Dragonfly)\b/i,
    value: 'laptop',
    reason: 'these are laptops of HP',
  },
  {
    brand: 'Microsoft',
    name: /^Surface (?:Laptop|Book)\b/i,
    value: 'laptop',
    reason: 'Surface Laptop and Book are laptops',
  },
  {
    brand: 'Microsoft',
    name: /^Surface Duo\b/i,
    value: 'smartphone',
    reason: 'Surface Duo runs Android and makes calls',
  },
  {
    brand: 'Acer',
    name: /^(?:TravelMate|Chromebook|Swift|Aspire)\b/i,
    value: 'laptop',
    reason: 'these are laptops of Acer',
  },
  {
    brand: 'Asus',
    name: /^(?:ExpertBook|VivoBook|ZenBook|Eee PC|Chromebook)\b/i,
    value: 'laptop',
    reason: 'these are laptops of Asus',
  },
  {
    brand: 'Panasonic',
    name: /^(?:Toughbook |CF-[1-9])/i,
    value: 'laptop',
    reason: 'Toughbooks (CF with a number) are laptops',
  },
  { brand: 'Fujitsu', name: /^Lifebook\b/i, value: 'laptop', reason: 'Lifebooks are laptops' },
  { brand: 'Sony', name: /^Vaio\b/i, value: 'laptop', reason: 'Vaios are laptops' },

  { brand: 'Tesla', name: /^(?:Model [3SXY]|Cybertruck|Roadster)\b/i, value: 'car', reason: 'Teslas are cars' },
  {
    name: /\bTCU\d?\b|\bTelematics? Control Unit\b|\bVehicle Telematics\b/i,
    value: 'car',
    reason: 'a TCU is the telematics control unit of a vehicle',
  },
  { name: /\b(?:Smart ?watch)\b/i, value: 'smartwatch', reason: 'the name says smartwatch' },
  { name: /\b(?:Tablet PC|Chromebook Tablet)\b/i, value: 'tablet', reason: 'the name says tablet' },
  {
    name: /\b(?:LTE|4G|5G|3G|Wi-?Fi|Industrial|Cellular|Wireless) (?:Router|CPE|Hotspot)\b|\bMobile Hotspot\b|\bMiFi\b/i,
    value: 'router',
    reason: 'the name says router or hotspot',
  },
  {
    name: /\b(?:GPS|Vehicle|Asset|Pet) Tracker\b|\b(?:LTE|4G|5G|GSM|GPRS|NB-?IoT|Cat-?M1?) (?:Module|Modem)\b|\bUSB (?:Modem|Dongle)\b/i,
    value: 'iot',
    reason: 'the name says tracker, module or modem',
  },
]
