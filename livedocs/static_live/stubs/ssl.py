"""The names of `ssl` that are asked for at imports: a browser has no sockets."""

import enum


class SSLError(OSError):
    pass


class SSLZeroReturnError(SSLError):
    pass


class SSLWantReadError(SSLError):
    pass


class SSLWantWriteError(SSLError):
    pass


class SSLSyscallError(SSLError):
    pass


class SSLEOFError(SSLError):
    pass


class SSLCertVerificationError(SSLError):
    pass


CertificateError = SSLCertVerificationError


class SSLContext:
    pass


class SSLObject:
    pass


class SSLSocket:
    pass


class MemoryBIO:
    pass


class Purpose(enum.Enum):
    SERVER_AUTH = 1
    CLIENT_AUTH = 2
