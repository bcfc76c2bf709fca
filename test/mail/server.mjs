// A mail server that others wrote: it takes mail over STARTTLS from one user, and
// prints what a reader's program sees of each, a line of JSON each. Arguments: the files
// of its key and certificate, the user, the password.
import { readFileSync } from "node:fs";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const [key, cert, user, password] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));

const server = new SMTPServer({
  key: readFileSync(key), cert: readFileSync(cert), authMethods: ["PLAIN", "LOGIN"],
  onAuth(auth, session, done) {
    if (!session.secure || auth.username !== user || auth.password !== password) return done(new Error("Wrong user or password"));
    done(null, { user });
  },
  onData(stream, session, done) {
    simpleParser(stream).then((m) => {
      tell({
        to: session.envelope.rcptTo.map((r) => r.address), from: m.from.text, subject: m.subject, text: m.text, html: m.html,
        id: m.messageId, date: m.date, unsubscribe: m.headers.get("list")?.unsubscribe?.url,
        oneClick: m.headerLines.some((l) => l.key === "list-unsubscribe-post"),
      });
      done();
    }, done);
  },
});
server.on("error", () => {}); // a client that breaks off
server.listen(0, "127.0.0.1", () => tell({ port: server.server.address().port }));
