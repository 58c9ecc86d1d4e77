/** @fidelity mostly */
export const planted = 1;
