#!/usr/bin/env node
process.env.NODE_ENV = 'production';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`tidemark needs Node.js 20.19 or later; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`);
  process.exitCode = 2;
} else {
  import('../dist/cli/main.js').catch((error) => {
    // A clone that was not built; whatever else goes wrong in there is told by the program itself.
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('dist/cli/main.js')) throw error;
    console.error('tidemark is not built yet: run npm run build, or npm run demo for the whole way.');
    process.exitCode = 2;
  });
}
