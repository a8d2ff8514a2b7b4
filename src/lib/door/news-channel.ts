/**
 * Listens for the server's word that there is news (server-sent events). `EventSource` can't carry the tablet's token,
 * so the stream is read by `fetch`.
 *
 * @param onNews - called for every notice
 * @returns resolves when the connection ends, however it ends
 */
export async function listenForNews(token: string, onNews: () => void, signal: AbortSignal): Promise<void> {
  try {
    const response = await fetch('/api/door/v1/news', {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
    if (!response.ok || !response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      // A notice says nothing but that there is news, so its pieces need not be put together.
      if (value.includes('data:')) onNews();
    }
  } catch {
    // No network is the everyday case here, not a fault: the sync loop asks again by itself.
  }
}
