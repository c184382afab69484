/** Made by assembly/build.mjs: the module in base64. */
export const code: string;
