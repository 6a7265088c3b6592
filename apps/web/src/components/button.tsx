/** A button that can be busy: then it stays where it is and takes no second press. */
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

export type ButtonKind = 'primary' | 'plain' | 'danger' | 'quiet'

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> {
  kind?: ButtonKind
  icon?: IconName
  busy?: boolean
  large?: boolean
  wide?: boolean
  children?: ReactNode
}

export const buttonClass = ({
  kind = 'plain',
  large,
  wide,
  bare,
}: {
  kind?: ButtonKind
  large?: boolean
  wide?: boolean
  bare?: boolean
}) =>
  ['button', `button-${kind}`, large && 'button-large', wide && 'button-wide', bare && 'button-icon']
    .filter(Boolean)
    .join(' ')

export const Button = ({
  kind = 'plain',
  icon,
  busy = false,
  large = false,
  wide = false,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) => (
  <button
    {...rest}
    type={type}
    className={buttonClass({ kind, large, wide, bare: children === undefined })}
    aria-disabled={busy || rest['aria-disabled']}
    onClick={(event) => {
      if (!busy) onClick?.(event)
      else event.preventDefault()
    }}
  >
    {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
    {children}
    {busy && <span className="visually-hidden"> (working)</span>}
  </button>
)
