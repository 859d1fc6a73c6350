import type { Product } from '../db/products/catalogue.ts';
import { maxKnownProducts } from './limits.ts';

/** Products as they were when they were last looked up. The catalogue may have changed since: whoever uses them checks. */
export interface KnownProducts {
  /** The products with these SKUs, in no order; undefined where one of them is not known. */
  find(skus: readonly string[]): Product[] | undefined;
  keep(products: readonly Product[]): void;
}

export function createKnownProducts(): KnownProducts {
  const known = new Map<string, Product>();
  return {
    find(skus) {
      const found = [...new Set(skus)].flatMap((sku) => known.get(sku) ?? []);
      return found.length === new Set(skus).size ? found : undefined;
    },
    keep(products) {
      if (known.size + products.length > maxKnownProducts) known.clear();
      for (const product of products) known.set(product.sku, product);
    },
  };
}
