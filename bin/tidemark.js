#!/usr/bin/env node
process.env.NODE_ENV = 'production';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`tidemark needs Node.js 20.19 or later; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`);
  process.exitCode = 2;
} else {
  import('../dist/cli/main.js');
}
