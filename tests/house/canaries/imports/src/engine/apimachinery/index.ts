export const meta = 1;
