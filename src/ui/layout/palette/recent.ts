/** What was chosen lately, the last one first. */
const KEY = 'podarium.palette';
const KEPT = 8;

export function recentIds(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return []; // Storage may be forbidden, or hold something else.
  }
}

export function remember(id: string): void {
  const kept = [id, ...recentIds().filter((one) => one !== id)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    return; // Without storage nothing is recent.
  }
}
