/** Which engine this is: a digest of its sources, made when the page is built. Equal builds replay equal journals equally. */
declare const __PODARIUM_BUILD__: string | undefined;

export const BUILD: string = typeof __PODARIUM_BUILD__ === 'string' ? __PODARIUM_BUILD__ : 'development';
