// Verifies requests with the libraries that others wrote: Standard Webhooks' own, and Svix's. It reads a list of secret,
// headers and body, and prints a list of true and false for each library.
import { readFileSync } from "node:fs";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";

const verifies = (Library, { secret, headers, body }) => {
  try {
    new Library(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};
const list = JSON.parse(readFileSync(0));
console.log(JSON.stringify([Standard, Svix].map((library) => list.map((request) => verifies(library, request)))));
