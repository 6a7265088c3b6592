/** The mark: a marigold tile with a Q that is also a speech bubble. */
import { Link } from 'wouter'

export const LogoMark = ({ size = 32 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
    <path className="logo-edge" fill="#c98a00" d="M16 6h32a12 12 0 0 1 12 12v30a12 12 0 0 1-12 12H16A12 12 0 0 1 4 48V18A12 12 0 0 1 16 6z" />
    <path fill="#ffc53d" d="M16 2h32a12 12 0 0 1 12 12v30a12 12 0 0 1-12 12H16A12 12 0 0 1 4 44V14A12 12 0 0 1 16 2z" />
    <path
      fill="none"
      stroke="#211a33"
      strokeWidth="8"
      strokeLinejoin="round"
      d="M32 13a15.5 15.5 0 1 0 0 31h15.5V28.5A15.5 15.5 0 0 0 32 13z"
    />
    <circle cx="32" cy="28.5" r="5" fill="#c8371b" />
  </svg>
)

export const Logo = ({ to = '/' }: { to?: string }) => (
  <Link href={to} className="logo">
    <LogoMark />
    Quizboard
  </Link>
)
