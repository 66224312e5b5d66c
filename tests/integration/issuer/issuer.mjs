// npm's oidc-provider with one client, for sign_in_test: whoever types a name is that name, and an address of the name at
// example.org that counts as verified. And with one more client, a partner's system, that gets tokens of its own.
//
//   node issuer.mjs ISSUER PORT REDIRECT_URI CLIENT_SECRET
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [issuer, port, redirect, secret] = process.argv.slice(2);
const key = (type, options, kid) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), kid, use: 'sig',
});

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'tremplin',
    client_secret: secret,
    redirect_uris: [redirect],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
  }, {
    client_id: 'caseworks',
    client_secret: secret,
    redirect_uris: [],
    grant_types: ['client_credentials'],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        scope: '', audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  jwks: { keys: [key('rsa', { modulusLength: 2048 }, 'r'), key('ec', { namedCurve: 'P-256' }, 'e')] },
  cookies: { keys: ['of the test'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  pkce: { methods: ['S256'], required: () => true },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: true }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
