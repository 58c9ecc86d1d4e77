import type { Time } from '#engine/apimachinery';

/** What Go prints for a time that was never set, in structs that always have it. Readers treat it as absent. */
export const UNSET_TIME = null as unknown as Time;
