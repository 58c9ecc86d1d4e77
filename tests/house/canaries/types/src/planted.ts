export const planted: number = 'not a number';
