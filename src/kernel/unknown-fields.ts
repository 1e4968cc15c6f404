// Fields that a newer version put into an event, carried into the state by one that does not know them.

/**
 * What was made of an event's data, which has so many fields that this version knows. Made field by field it is fast
 * to make, but leaves others out: where there are some, they stand in it as they stand in the data.
 */
export function withUnknown<Made extends object>(made: Made, data: object, known: number): Made {
  if (Object.keys(data).length === known) return made;
  return Object.assign({}, data, made);
}
