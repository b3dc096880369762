// Requests to the server: JSON in both directions, raw file uploads, and one stream of events.

export class Refused extends Error {
  constructor(sentence, key) { super(sentence); this.key = key; }
}

async function answer(response) {
  const kind = response.headers.get('content-type') || '';
  const found = kind.includes('json') ? await response.json() : { error: await response.text() };
  if (!response.ok) throw new Refused(found.error || 'The studio refused this.', found.key || '');
  return found;
}

export const get = async (path) => answer(await fetch(path));

export const post = async (path, body = {}, signal = undefined) => answer(await fetch(path, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal,
}));

export async function send(file, name = file.name) {
  return answer(await fetch(`/api/files?name=${encodeURIComponent(name)}`, {
    method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: file,
  }));
}

// Calls `each` with every line of a streamed answer.
export async function lines(path, body, signal, each) {
  const response = await fetch(path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal,
  });
  if (!response.ok) await answer(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const found = (rest + value).split('\n');
    rest = found.pop();
    for (const line of found) {
      const part = JSON.parse(line);
      if (part.error) throw new Refused(part.error, part.key || '');
      each(part);
    }
  }
}

export function listen(handlers, lost) {
  const source = new EventSource('/api/events');
  for (const [kind, handle] of Object.entries(handlers)) {
    source.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  }
  source.onopen = () => lost(false);
  source.onerror = () => {
    lost(true);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(handlers, lost), 3000);
  };
}
