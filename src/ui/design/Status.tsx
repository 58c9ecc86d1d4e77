import type { Tone } from './tone.ts';

/** A shape per tone, so that colour never speaks alone: disc, ring half full, triangle, cross, ring. */
export function ToneShape({ tone, size = 10 }: { readonly tone: Tone; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 10 10"
      aria-hidden="true"
      data-tone={tone}
      style={{ color: 'var(--tone)' }}
    >
      {tone === 'good' && <circle cx="5" cy="5" r="4" fill="currentColor" />}
      {tone === 'busy' && (
        <>
          <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.2" />
          <path d="M5 1.4a3.6 3.6 0 0 1 0 7.2z" fill="currentColor" />
        </>
      )}
      {tone === 'warn' && <path d="M5 0.8 9.6 9.2H0.4z" fill="currentColor" />}
      {tone === 'bad' && (
        <path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
      )}
      {tone === 'idle' && <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.4" />}
    </svg>
  );
}

/** Colour, shape and word. */
export function Status({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <span className="status" data-tone={tone}>
      <ToneShape tone={tone} />
      {text}
    </span>
  );
}
