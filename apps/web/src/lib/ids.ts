/**
 * A random id for `answer_id` and `join_id`: 128 bits as 22 characters of A–Z, a–z, 0–9, _ and -.
 * Not `crypto.randomUUID`: browsers have that on HTTPS only, and a classroom plays over plain HTTP.
 */
export const randomId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
