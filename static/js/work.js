// A worker that finds the number which a ballot must bring in a flood: SHA-256 of "TOKEN:NUMBER" begins with BITS zero bits.
"use strict";
importScripts("../vendor/js-sha256-1.0.0/sha256.min.js");
self.onmessage = (event) => {
  const [token, bits] = event.data;
  for (let number = 0; ; number += 1) {
    const digest = sha256.array(`${token}:${number}`);
    if (((digest[0] << 24) | (digest[1] << 16) | (digest[2] << 8) | digest[3]) >>> (32 - bits) === 0) return postMessage(number);
  }
};
