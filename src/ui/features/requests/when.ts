/** Instants of the virtual clock as people read them. */

/** `12:00:03`, UTC, as the clock of the page. */
export const clockTime = (instant: number): string => new Date(instant).toISOString().slice(11, 19);

/** `12:00:03.120` */
export const exactTime = (instant: number): string => new Date(instant).toISOString().slice(11, 23);
