/** Labelled inputs with a hint and an error that screen readers connect to them. */
import { type ReactNode, useId } from 'react'
import { Icon } from './icon.tsx'

export interface FieldProps {
  label: string
  hint?: ReactNode
  error?: string | undefined
  /** For those who see it in its place: the label is then only spoken. */
  labelHidden?: boolean
  children: (props: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': true | undefined
  }) => ReactNode
}

export const Field = ({ label, hint, error, labelHidden = false, children }: FieldProps) => {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id} className={labelHidden ? 'visually-hidden' : undefined}>
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {hint && (
        <span className="field-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error && (
        <span className="field-error" id={`${id}-error`}>
          <Icon name="alert" size={16} /> {error}
        </span>
      )}
    </div>
  )
}

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  value: string
  onChange(text: string): void
  placeholder?: string
  large?: boolean
}

/** One line of words in any script. */
export const TextField = ({ value, onChange, placeholder, large = false, ...field }: TextFieldProps) => (
  <Field {...field}>
    {(props) => (
      <input
        {...props}
        className={large ? 'input input-large' : 'input'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        placeholder={placeholder}
        dir="auto"
      />
    )}
  </Field>
)
