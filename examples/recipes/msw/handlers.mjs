import { bypass, http, HttpResponse, passthrough } from 'msw';

const ENTITLEMENTS = /\/(banners|mspBanners|entitlements|mspEntitlements|assignments|activities|oauth2)(\/|$)/;

/** The simulator's own address is left alone. */
export const untouched = (mock) => http.all(`${mock}/*`, () => passthrough());

/** Sends the Entitlements API to the simulator, whatever host the code believes to be calling. */
export const entitlements = (mock) =>
  http.all(ENTITLEMENTS, ({ request }) => {
    const { pathname, search } = new URL(request.url);
    return fetch(bypass(new Request(mock + pathname + search, request)));
  });

/** The rest of the system, which the simulator does not know. */
export const others = [http.get('*/venues', () => HttpResponse.json([{ id: 'v1', name: 'Head office' }]))];
