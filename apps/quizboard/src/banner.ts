/** What a newcomer reads once Quizboard is ready: where to go, and how to stop. */
import type { Links } from './links.ts'

export const banner = ({ links, loginCode, dataDir }: { links: Links; loginCode: string; dataDir: string }): string => {
  const lines = [
    '',
    `  Quizboard is ready: ${links.local}`,
    '',
    `  Host      ${links.shared}/host#code=${loginCode}`,
    '            (works once, in the next minutes: it makes this browser the host’s)',
    `  Players   ${links.shared}`,
    ...(links.shared === links.local ? ['            (on this machine alone: no local network was found)'] : []),
    '  Projector opens from the host’s screen',
    `  Data      ${dataDir}`,
    '',
    '  Ctrl-C stops it.',
    '',
  ]
  return lines.join('\n')
}
