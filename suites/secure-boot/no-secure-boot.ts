/** Why nothing is checked on other machines. */
export const noSecureBoot = "This machine has no Secure Boot: run with --secure-boot";
