/** The mark: a letter tile in marigold, with a Q. */
import { Link } from 'wouter'

export const LogoMark = ({ size = 32 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
    <path fill="#c98a00" d="M16 6h32a12 12 0 0 1 12 12v30a12 12 0 0 1-12 12H16A12 12 0 0 1 4 48V18A12 12 0 0 1 16 6z" />
    <path fill="#ffc53d" d="M16 2h32a12 12 0 0 1 12 12v30a12 12 0 0 1-12 12H16A12 12 0 0 1 4 44V14A12 12 0 0 1 16 2z" />
    <circle cx="31" cy="28" r="14" fill="none" stroke="#211a33" strokeWidth="8.5" />
    <path fill="none" stroke="#211a33" strokeWidth="8.5" strokeLinecap="round" d="M38 35l10 10" />
    <circle cx="31" cy="28" r="4.5" fill="#c8371b" />
  </svg>
)

export const Logo = ({ to = '/' }: { to?: string }) => (
  <Link href={to} className="logo">
    <LogoMark />
    Quizboard
  </Link>
)
