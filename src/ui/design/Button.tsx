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

interface BarButtonProps extends Omit<ButtonProps, 'children'> {
  readonly icon: ReactNode;
  readonly label: string;
  /** Said beside the label in the tooltip. */
  readonly keys?: string;
}

/** An entry of the top bar: a picture in the bar, a picture with words in the menu that takes its place in narrow windows. */
export function BarButton({ icon, label, keys, className, ...rest }: BarButtonProps) {
  return (
    <Button
      look="plain"
      className={`bar-button ${className ?? ''}`}
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      {...rest}
    >
      {icon}
      <span className="bar-label" aria-hidden="true">
        {label}
      </span>
    </Button>
  );
}
