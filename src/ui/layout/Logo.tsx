export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" className="logo">
      <path
        d="M12 1.8 20.8 6.9v10.2L12 22.2 3.2 17.1V6.9z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinejoin="round"
      />
      <circle cx="8.6" cy="10" r="2" fill="currentColor" />
      <circle cx="15.4" cy="10" r="2" fill="currentColor" />
      <circle cx="12" cy="15.6" r="2" fill="currentColor" />
    </svg>
  );
}
