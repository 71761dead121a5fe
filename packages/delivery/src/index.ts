// The public face of @restante/delivery.
export { deliverySection } from './config.ts';
