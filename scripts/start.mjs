/** `npm start`: sets up, builds and runs the main job: until the page is there, the bridge that a real kubectl uses. */
process.argv.splice(2, 0, 'bridge');
await import('./run.mjs');
