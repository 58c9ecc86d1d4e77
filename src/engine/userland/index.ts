/** Container images and the programs in them: shells, everyday commands, curl, nginx, redis and the rest of the catalogue. */
export { createImageRegistry, type ImageRegistryOptions, suggestImage } from './images/registry.ts';
export { createPrograms } from './programs.ts';
