// SPDX-License-Identifier: MIT
// Starts the module after the first card has been drawn, and tells the page.
if (typeof libraryIsReady === 'function') {
  requestAnimationFrame(() => setTimeout(() => calandoModule().then(
    (module) => libraryIsReady((request) => module.ccall('calando_answer', 'string', ['string'], [request])),
    libraryFailed)));
}
