// What this browser remembers. Where storage is blocked, nothing is kept.
export function recall(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* storage is blocked */ }
}

// remembered lists the keys that start with a prefix.
export function remembered(prefix) {
  try { return Object.keys(localStorage).filter((k) => k.startsWith(prefix)); } catch { return []; }
}

// The same for this tab, until it is closed.
export function recallInTab(key) {
  try { return sessionStorage.getItem(key); } catch { return null; }
}

export function rememberInTab(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch { /* storage is blocked */ }
}
