// The canonical form of RFC 8785 and a detached JWS over it (RFC 7515, appendix F).
import { createPrivateKey, sign } from "node:crypto";

// JavaScript writes numbers and texts as RFC 8785 wants them, and sorts by UTF-16 units: only the order is missing.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)}}`;
}

export class Signer {
  constructor(pem) {
    this.key = createPrivateKey(pem);
    // What PEM holds is base64 of DER, and so is what x5c holds: leaf first, then the CA.
    const certificates = pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g);
    this.chain = [...certificates].map(([, base64]) => base64.replace(/\s/g, ""));
  }

  sign(profile) {
    const header = base64url(canonical({ alg: "ES256", sigT: new Date().toISOString(), x5c: this.chain }));
    const signed = Buffer.from(`${header}.${base64url(canonical(profile))}`);
    // P1363 is R and S, as a JWS has them; without it Node gives DER.
    const value = sign("sha256", signed, { key: this.key, dsaEncoding: "ieee-p1363" });
    return `${header}..${value.toString("base64url")}`;
  }
}

const base64url = (text) => Buffer.from(text, "utf8").toString("base64url");
