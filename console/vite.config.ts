import { defineConfig } from 'vite'

export default defineConfig(({ command }) => ({
  root: import.meta.dirname,
  // The server may be below any path, so a build has relative addresses only.
  base: command === 'build' ? './' : '/console/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The SDK as it is written, so that the page needs no build of it.
  resolve: { conditions: ['handset-source', 'browser', 'module', 'import', 'default'] },
  build: {
    target: 'es2023',
    // The Content-Security-Policy allows nothing inline, data: URLs included.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file for all that the first page needs: browsers load only six files at a time.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
    reportCompressedSize: false,
    // In the package, beside what is built; the server serves no such file.
    license: { fileName: 'licenses.md' },
  },
  // `npm run dev:console` shows changes at once; the API is that of a server on its usual port.
  server: {
    proxy: Object.fromEntries(
      ['/projects', '/deviceModels', '/deviceModelBrands', '/deviceModelCatalogue', '/openapi.json'].map((path) => [
        path,
        'http://127.0.0.1:8080',
      ]),
    ),
  },
}))
