/**
 * A portable SQL expression that renders a row as the JSON of a resource, properties in the order given.
 *
 * Takes for every property of `Resource` the SQL of its value: the type-checker refuses one that is missing and one
 * that the schema does not declare, so a response can neither lack nor leak a column.
 */
export function jsonObject<Resource>(properties: Readonly<Record<keyof Resource & string, string>>): string {
  const pairs = Object.entries<string>(properties).map(([name, sql]) => `'${name}', ${sql}`)
  return `JSON_OBJECT(${pairs.join(', ')})`
}
