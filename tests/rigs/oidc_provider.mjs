// oidc-provider (npm), a certified OpenID provider, on loopback. Everybody is let in: whoever the header `x-login`,
// the parameter `login_hint` or nobody names; `refuses` refuses. Options come as JSON on the first line of standard
// input, the address goes to standard output as a line `listening http://...`, and the end of the input is the end.
//
//     node oidc_provider.mjs <the path of oidc-provider's index.js>

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { default: Provider } = await import(pathToFileURL(process.argv[2]).href);
const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit(0));
const options = JSON.parse(await new Promise((resolve) => input.once("line", resolve)));

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const grantTypes = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];
const client = {
  client_id: options.clientId,
  client_name: "llm-ls",
  application_type: "native",
  grant_types: grantTypes,
  response_types: ["code"],
  redirect_uris: options.redirectUris,
  token_endpoint_auth_method: "none",
};
const confidential = {
  ...client,
  client_id: `${options.clientId}-confidential`,
  client_secret: options.clientSecret,
  token_endpoint_auth_method: "client_secret_post",
};

const provider = new Provider(issuer, {
  clients: [client, confidential],
  clientDefaults: { id_token_signed_response_alg: "ES256" },
  jwks: { keys: [{ ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "rig" }] },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  claims: { openid: ["sub"], email: ["email"], profile: ["preferred_username"] },
  conformIdTokenClaims: false,
  scopes: ["openid", "offline_access", "email", "profile"],
  features: {
    deviceFlow: { enabled: true },
    devInteractions: { enabled: false },
    registration: { enabled: true },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (_ctx, asking) => asking.grantTypeAllowed("refresh_token"),
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.org`, preferred_username: id }),
  }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid offline_access email profile");
    await grant.save();
    return grant;
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: {
    AccessToken: 3600, AuthorizationCode: 60, DeviceCode: 600, Grant: 86400, IdToken: 3600, Interaction: 600,
    RefreshToken: 86400, Session: 86400, ...options.ttl,
  },
});

async function letIn(request, response) {
  const { prompt, params } = await provider.interactionDetails(request, response);
  const login = request.headers["x-login"] ?? params.login_hint ?? options.login;
  const refused = { error: "access_denied", error_description: "the person refused" };
  const agreed = prompt.name === "login" ? { login: { accountId: login } } : { consent: {} };
  const result = login === "refuses" ? refused : agreed;
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  letIn(request, response).catch((error) => response.writeHead(500).end(`${error.message}\n`));
});
console.log(`listening ${issuer}`);
