#!/usr/bin/env python3
"""HPKE by pyhpke, which shares no code with the program: keys, sealing, opening.

    hpke.py key                                   prints PRIVATE PUBLIC
    hpke.py seal PUBLIC INFO AAD < PLAIN          prints ENC CIPHERTEXT
    hpke.py open PRIVATE ENC CIPHERTEXT INFO AAD  prints what was sealed, in base64

Keys, ENC and CIPHERTEXT are in base64.
"""

import base64
import secrets
import sys

from pyhpke import AEADId, CipherSuite, KDFId, KEMId

SUITE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305)


def text(data):
    return base64.b64encode(data).decode()


def main(command, *words):
    if command == "key":
        pair = SUITE.kem.derive_key_pair(secrets.token_bytes(32))
        print(text(pair.private_key.to_private_bytes()), text(pair.public_key.to_public_bytes()))
    elif command == "seal":
        public, info, aad = words
        key = SUITE.kem.deserialize_public_key(base64.b64decode(public))
        enc, sender = SUITE.create_sender_context(key, info=info.encode())
        print(text(enc), text(sender.seal(sys.stdin.buffer.read(), aad=aad.encode())))
    else:
        private, enc, ciphertext, info, aad = words
        key = SUITE.kem.deserialize_private_key(base64.b64decode(private))
        recipient = SUITE.create_recipient_context(base64.b64decode(enc), key, info=info.encode())
        print(text(recipient.open(base64.b64decode(ciphertext), aad=aad.encode())))


main(*sys.argv[1:])
