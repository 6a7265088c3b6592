/** Hands a text made in this page to the browser as a file. The mark in front tells spreadsheets that it is UTF-8. */
export const downloadCsv = (name: string, parts: readonly string[]): void => {
  const url = URL.createObjectURL(new Blob(['\uFEFF', ...parts], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
