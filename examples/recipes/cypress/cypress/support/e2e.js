// cy.request does not come from the page, so that no CORS is in its way.

const post = (url, body = {}) => cy.request('POST', url, body).its('body');

/** A sandbox of the test's own; its address is what the page gets as the API's. */
Cypress.Commands.add('sandbox', (scenario = 'default') =>
  post(`${Cypress.env('R1MOCK_URL')}/_mock/sandboxes`, {
    scenario,
    settings: { clock: { now: '2026-03-10T12:00:00Z', frozen: true } },
  }).its('baseUrl'));

Cypress.Commands.add('advance', (mock, by) => post(`${mock}/_mock/clock/advance`, { by }));

Cypress.Commands.add('verify', (mock, match, count) =>
  post(`${mock}/_mock/requests/verify`, { match, count }).should('include', { passed: true }));
