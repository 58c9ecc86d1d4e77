/** Where the card of the tour goes: beside what it is about, always whole within the window. */

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP = 12;

const within = (value: number, size: number, room: number): number => Math.max(GAP, Math.min(value, room - size - GAP));

/** Below, beside, above, or over the lower end of the thing: the first that fits. */
export function placeCard(about: Box, card: Size, room: Size): { readonly left: number; readonly top: number } {
  const left = within(about.left + about.width / 2 - card.width / 2, card.width, room.width);
  const middle = within(about.top + about.height / 2 - card.height / 2, card.height, room.height);
  const below = about.top + about.height + GAP;
  if (below >= GAP && below + card.height + GAP <= room.height) return { left, top: below };
  const right = about.left + about.width + GAP;
  if (right + card.width + GAP <= room.width) return { left: right, top: middle };
  const before = about.left - GAP - card.width;
  if (before >= GAP) return { left: before, top: middle };
  const above = about.top - GAP - card.height;
  if (above >= GAP) return { left, top: above };
  return { left, top: within(about.top + about.height - card.height - GAP, card.height, room.height) };
}
