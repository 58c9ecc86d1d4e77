import type { ButtonHTMLAttributes, ReactNode } from 'react';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'main' | 'danger';
}

export function Button({ look, className, ...rest }: ButtonProps) {
  return <button type="button" data-look={look} className={`button ${className ?? ''}`} {...rest} />;
}

interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  /** What it does: its name, and its tooltip. */
  readonly label: string;
  readonly children: ReactNode;
}

/** A square button with a picture; its words are for everybody who cannot see it, and for the pointer that waits. */
export function IconButton({ label, look = 'plain', ...rest }: IconButtonProps) {
  return <Button look={look} data-icon="" aria-label={label} title={label} {...rest} />;
}
