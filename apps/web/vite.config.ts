import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` in this folder finds the product. */
const product = 'http://127.0.0.1:8080'

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    target: 'es2022',
    // The content security policy allows fonts and scripts from our own address only, not from data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': product,
      '/live': { target: product, ws: true },
    },
  },
})
