describe('licences', () => {
  let mock;

  beforeEach(() => {
    cy.sandbox().then((url) => {
      mock = url;
      cy.visit('/', { qs: { api: url } });
    });
    cy.contains('[role=status]', 'Up to date.');
    cy.contains('#link', /^connected$/);
  });

  it('shows what was bought, when the refresh has ended', () => {
    cy.intercept('GET', '**/entitlements/summaries?refresh=true').as('refresh');
    cy.contains('button', 'Refresh').click();
    cy.wait('@refresh').its('response.statusCode').should('eq', 202);
    cy.contains('358889506-2').should('not.exist');

    cy.then(() => cy.advance(mock, 'PT2S'));
    cy.contains('tr', '358889506-2').should('contain', 'new');
  });

  it('shows that a refresh was not accepted', () => {
    cy.intercept('GET', '**/*refresh=true', (request) => {
      request.headers['x-mock-outcome'] = '429';
    });
    cy.contains('button', 'Refresh').click();
    cy.contains('[role=status]', '429');
    cy.then(() => cy.verify(mock, { path: '/entitlements/summaries', status: 429 }, { exactly: 1 }));
  });
});
