/** Times as Kubernetes writes them. */

/** `metav1.MicroTime` wants microseconds: six digits, no more and no fewer. */
export const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

/** Of a time with any number of digits; NaN: it is none. */
export const parseTime = (text: unknown): number => (typeof text === 'string' ? Date.parse(text) : Number.NaN)
