/** The global of the language, which its type library knows for browsers only. */
declare const WebAssembly: { RuntimeError: new (message: string) => Error };

/** What a broken module says: a trap of WebAssembly, a panic of Rust, or a stack that is used up and never given back. */
const TRAP = /memory access out of bounds|^unreachable|table index is out of bounds|indirect call|null function|Maximum call stack size|recursive use of an object|capacity overflow|divide by zero|stack overflow/i;

/** How the parser begins to say that it refuses a text, which it may quote. */
const REFUSAL = /^sql parser error:/;

/** Whether the message, which is all that the package hands on, is that of a module that must not be used again. */
export function isTrapMessage(message: string): boolean {
  return !REFUSAL.test(message) && TRAP.test(message);
}

export function trap(message: string): Error {
  return new WebAssembly.RuntimeError(message);
}

export function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}
