// Sends a large file in pieces, so that one that broke off goes on (tus 1.0.0). Without this file the form sends it whole, as it
// sends a small one. Where an upload stands is kept for this tab alone: after a reload the same file, chosen again, goes on.

const PIECE = 1 << 20;
const PAUSES = [1, 2, 5, 10, 30];

const form = document.querySelector("form[data-uploads]");
const status = document.getElementById("uploading");
const { csrf } = form.elements;
const key = `upload ${form.dataset.uploads}`;

const kept = () => JSON.parse(sessionStorage.getItem(key) ?? "null");
const keep = (upload) => sessionStorage.setItem(key, JSON.stringify(upload));
const forget = () => sessionStorage.removeItem(key);

const ask = (method, place, headers = {}, body = undefined) =>
  fetch(place, { method, body, redirect: "manual", headers: { "tus-resumable": "1.0.0", csrf: csrf.value, ...headers } });

/** The server said no, and will say it again. */
class Refused extends Error {
  constructor(answer) {
    super(`status ${answer.status}`);
    this.answer = answer;
  }
}

/** An answer below 500; what is the line's or the server's trouble for now throws and is tried again. */
function settled(answer) {
  if (answer.status >= 500) {
    throw new TypeError(`status ${answer.status}`);
  }
  return answer;
}

/** How far an upload is; null where it is no more. */
async function standing(place) {
  const answer = settled(await ask("HEAD", place));
  if (!answer.ok) {
    return null;
  }
  return { offset: Number(answer.headers.get("upload-offset")), leaf: answer.headers.get("leaf") };
}

async function begin(file) {
  const answer = settled(await ask("POST", form.dataset.uploads, { "upload-length": String(file.size) }));
  if (!answer.ok) {
    throw new Refused(answer);
  }
  return answer.headers.get("location");
}

/** Sends one piece; how far the upload is then. */
async function piece(file, place, offset) {
  const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  const answer = settled(await ask("PATCH", place, headers, file.slice(offset, offset + PIECE)));
  if (answer.status === 409) {
    return standing(place);
  }
  if (!answer.ok) {
    throw new Refused(answer);
  }
  return { offset: Number(answer.headers.get("upload-offset")), leaf: answer.headers.get("leaf") };
}

function say(words, offset, size) {
  const percent = Math.floor((offset / size) * 100);
  status.hidden = false;
  status.querySelector("p").textContent = words.replace("{percent}", String(percent));
  status.querySelector("progress").value = percent;
}

/** Waits until the line may be back. */
const pause = (tries) =>
  new Promise((done) => {
    window.setTimeout(done, PAUSES[Math.min(tries, PAUSES.length - 1)] * 1000);
    window.addEventListener("online", done, { once: true });
  });

/** Sends a file to its end, however often the line breaks; the leaf of the act. */
async function send(file) {
  const same = `${file.size} ${file.lastModified}`;
  let [at, offset, tries] = [0, { offset: 0, leaf: null }, 0];
  let place = kept()?.same === same ? kept().place : null;
  offset = place ? null : offset;
  for (;;) {
    try {
      offset ??= place && (await standing(place));
      if (!place || !offset) {
        place = await begin(file);
        keep({ same, place });
        offset = { offset: 0, leaf: null };
      }
      at = offset.offset;
      say(status.dataset.sending, at, file.size);
      if (offset.leaf) {
        return offset.leaf;
      }
      offset = await piece(file, place, at);
      tries = 0;
    } catch (trouble) {
      if (trouble instanceof Refused) {
        throw trouble;
      }
      say(status.dataset.waiting, at, file.size);
      await pause(tries);
      tries += 1;
      offset = null;
    }
  }
}

async function upload(file) {
  try {
    const leaf = await send(file);
    forget();
    location.assign(`${location.pathname}?done=${leaf}`);
  } catch (refused) {
    forget();
    const problem = refused instanceof Refused ? await refused.answer.json().catch(() => ({})) : {};
    const code = problem.fields?.[0]?.code ?? { 413: "file-large", 429: "too-many" }[problem.status];
    // The page itself says why, in its own words.
    location.assign(code ? `${location.pathname}?wrong=${encodeURIComponent(code)}` : location.pathname);
  }
}

// Before whatever else listens: the form is not sent then.
form.addEventListener(
  "submit",
  (event) => {
    const chosen = Array.from(form.querySelectorAll('input[type="file"]'), (input) => input.files[0]);
    const file = chosen.find((one) => one?.size > 0);
    if (!file || file.size <= PIECE) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const control of form.querySelectorAll("input, button")) {
      control.disabled = control.name !== "csrf";
    }
    event.submitter?.setAttribute("aria-disabled", "true");
    form.after(status);
    status.querySelector("progress").hidden = false;
    upload(file);
  },
  { capture: true },
);

status.querySelector("button").addEventListener("click", async () => {
  const place = kept()?.place;
  forget();
  if (place) {
    // One that cannot be given up now ends by itself within a day.
    await ask("DELETE", place).catch(() => {});
  }
  location.assign(location.pathname);
});

// An upload that a reload broke off waits for its file.
if (kept()) {
  const left = await standing(kept().place).catch(() => null);
  if (left?.leaf) {
    forget();
    location.assign(`${location.pathname}?done=${left.leaf}`);
  } else if (left) {
    // Above the form: it is to be read before a file is chosen.
    form.before(status);
    status.hidden = false;
    status.querySelector("p").textContent = status.dataset.left;
    status.querySelector("progress").hidden = true;
  } else {
    forget();
  }
}
